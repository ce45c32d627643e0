// Builds the front end into src/motcua/static/build.
//
// Every src/*.scss and src/*.js is an entry of its own (names beginning with "_" are parts of others):
// portal.scss -> portal.css, portal.js -> portal.js. src/static/** is copied as it is, fonts come from npm.
// Names carry no hash here; Django's manifest storage adds it when it collects the files.

import { cp, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const root = dirname(fileURLToPath(import.meta.url));
const source = join(root, "src");
const modules = join(root, "node_modules");
const final = process.env.MOTCUA_BUILD_DIR ?? join(root, "..", "src", "motcua", "static", "build");
// Built aside and put in place when it is whole: a server or a test that runs meanwhile misses nothing.
const target = `${final}.new`;
const fontSubsets = ["vietnamese", "latin-ext", "latin"];
const fontWeights = ["400", "600"];

const exists = (path) => stat(path).then(() => true, () => false);

async function entries(extension) {
  const names = await readdir(source);
  return names.filter((name) => extname(name) === extension && !name.startsWith("_")).sort();
}

async function styles() {
  const written = [];
  for (const name of await entries(".scss")) {
    const result = await sass.compileAsync(join(source, name), {
      style: "compressed",
      charset: false,
      loadPaths: [source, modules, join(modules, "govuk-frontend", "dist")],
      // Messages of packages are theirs to act on; ours are shown.
      quietDeps: true,
      importers: [new sass.NodePackageImporter(root)], // @use "pkg:govuk-frontend"
    });
    // esbuild lowers nothing here; it only settles what sass leaves (duplicate rules, white space).
    const small = await esbuild.transform(result.css, { loader: "css", minify: true, legalComments: "none" });
    const out = join(target, `${basename(name, ".scss")}.css`);
    await writeFile(out, small.code);
    written.push([basename(out), small.code.length]);
  }
  return written;
}

async function scripts() {
  const names = await entries(".js");
  if (!names.length) return [];
  const result = await esbuild.build({
    entryPoints: names.map((name) => join(source, name)),
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2020"],
    outdir: target,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".svg": "dataurl" },
  });
  return Object.entries(result.metafile.outputs).map(([path, output]) => [basename(path), output.bytes]);
}

async function fonts() {
  const from = join(modules, "@fontsource", "be-vietnam-pro", "files");
  await mkdir(join(target, "fonts"), { recursive: true });
  for (const subset of fontSubsets) {
    for (const weight of fontWeights) {
      const name = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
      await cp(join(from, name), join(target, "fonts", name));
    }
  }
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
if (await exists(join(source, "static"))) await cp(join(source, "static"), target, { recursive: true });
await fonts();
const sizes = [...(await styles()), ...(await scripts())];
await rm(final, { recursive: true, force: true });
await rename(target, final);
for (const [name, bytes] of sizes) console.error(`  ${name.padEnd(24)} ${(bytes / 1024).toFixed(1)} KB`);

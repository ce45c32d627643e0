// Keeps static files and the offline page; never a page or an answer with anything personal.
"use strict";
const STORE = "motcua-{{ version }}";
const OFFLINE = "{{ offline_url|escapejs }}";
const STATIC = "{{ static_url|escapejs }}";
const FIRST = [OFFLINE{% for asset in assets %}, "{{ asset|escapejs }}"{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(STORE)
      // Without cookies: the offline page is the same for everybody.
      .then((store) => store.addAll(FIRST.map((url) => new Request(url, { credentials: "omit", cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (url.pathname.startsWith(STATIC)) {
    event.respondWith(
      // The network first: a file whose name carries no hash may have changed. The store helps when the network is gone.
      fetch(request)
        .then((answer) => {
          if (answer.ok) {
            const copy = answer.clone();
            event.waitUntil(caches.open(STORE).then((store) => store.put(request, copy)));
          }
          return answer;
        })
        .catch(() => caches.match(request).then((kept) => kept || Response.error())),
    );
  }
});

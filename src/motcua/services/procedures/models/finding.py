"""How citizens find a procedure: life events, words people use, and the search index of what is in force."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id
from motcua.services.procedures.models.catalogue import Field, Level, Procedure, ProcedureVersion


class LifeEvent(models.Model):
    """Sự kiện cuộc đời on the home page: birth, marriage, residence …"""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name


class LifeEventProcedure(models.Model):
    """A procedure of a life event, by code: the list may name one that this catalogue does not hold yet."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    life_event = models.ForeignKey(LifeEvent, models.CASCADE, related_name="procedures")
    code = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["life_event", "code"], name="procedures_life_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.life_event_id}: {self.code}"


class SearchWord(models.Model):
    """Editable knowledge of language. ``term`` is folded (no accents, i for y), ``shown`` is the term as written.

    ABBREVIATION gplx → giấy phép lái xe; SYNONYM so do → giấy chứng nhận quyền sử dụng đất;
    FRAME "toi muon", "can nhung giay to gi": words of a question that say nothing about the procedure.
    """

    class Kind(models.TextChoices):
        ABBREVIATION = "ABBREVIATION", _("Abbreviation")
        SYNONYM = "SYNONYM", _("Synonym")
        FRAME = "FRAME", _("Words of a question")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    term = models.CharField(max_length=100)
    expansion = models.CharField(max_length=200, blank=True)
    shown = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "term", "expansion"], name="procedures_word_once"),
        ]

    def __str__(self) -> str:
        return f"{self.term} → {self.expansion}" if self.expansion else self.term


class SearchHint(models.Model):
    """How common a procedure is (0–100) and the words citizens use for it, editable."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=64, unique=True)
    popularity = models.PositiveSmallIntegerField(default=0)
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.code


class SearchState(models.Model):
    """One row: the generation of the index, so that processes know when to reload the vocabulary."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    generation = models.PositiveBigIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.generation)


class SearchEntry(models.Model):
    """The procedure in force as the result list shows it; one row holds all that a hit needs."""

    procedure = models.OneToOneField(Procedure, models.CASCADE, primary_key=True, related_name="search_entry")
    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="+")
    code = models.CharField(max_length=64)
    name = models.TextField()
    folded_name = models.TextField()
    level = models.CharField(max_length=10, choices=Level.choices)
    field = models.ForeignKey(Field, models.PROTECT, null=True, related_name="+")
    online = models.BooleanField()
    popularity = models.SmallIntegerField(default=0)
    summary = models.JSONField()

    class Meta:
        indexes = [
            GinIndex(OpClass("folded_name", name="gin_trgm_ops"), name="procedures_search_trigram"),
            models.Index(OpClass("code", name="text_pattern_ops"), name="procedures_search_code"),
            models.Index(fields=["field", "-popularity", "code"], name="procedures_search_field"),
        ]

    def __str__(self) -> str:
        return self.name


class SearchTerm(models.Model):
    """The vocabulary: a folded syllable or pair of syllables, in how many entries, and what that is worth."""

    term = models.CharField(max_length=80, primary_key=True)
    entries = models.PositiveIntegerField()
    worth = models.FloatField()

    def __str__(self) -> str:
        return self.term


class SearchPosting(models.Model):
    """A term in an entry; ``weight`` is the term's BM25 share there (field weights and length in it)."""

    pk = models.CompositePrimaryKey("term", "procedure")
    term = models.CharField(max_length=80)
    # Hundreds of thousands of rows that are rebuilt from others: no constraint to check for each.
    procedure = models.ForeignKey(Procedure, models.DO_NOTHING, related_name="+", db_constraint=False)
    weight = models.FloatField()

    def __str__(self) -> str:
        return f"{self.term} {self.weight}"

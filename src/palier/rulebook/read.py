"""A program's folder to a frozen rulebook, every value with its file and line, every problem at once."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from palier.rulebook.document import Document, Place, Plain, read_document
from palier.rulebook.edits import Edits, apply_edits, blamed, replace_at
from palier.rulebook.mistyped import KEYS_EXPECTED, expected_of, mistyped
from palier.rulebook.model import Erratum, Program
from palier.rulebook.problems import InputProblemsError, PalierError, Problem, errors_in

LANGUAGES = ("en", "fr")
PARTS = ("benefits", "commissions")
"""The parts of a program that have a file of their own, `<part>.yaml`."""
MAX_SQL_BYTES = 256 * 1024
_ERRATA = TypeAdapter(dict[str, Erratum])


class ProgramNotFoundError(PalierError):
    """Raised when a program is neither shipped nor a folder with a `program.yaml`."""

    def __init__(self, program: str, shipped: tuple[str, ...]) -> None:
        self.program = program
        super().__init__(f"no program {program!r}: expected a folder with program.yaml, or one of {', '.join(shipped)}")


class UnknownSwitchError(PalierError):
    """Raised when a switch names an erratum or a reading that the program does not have."""

    def __init__(self, switch: str, reading: str, known: Mapping[str, tuple[str, ...]]) -> None:
        choices = ", ".join(f"{name}={'|'.join(readings)}" for name, readings in known.items()) or "none"
        super().__init__(f"no switch {switch}={reading}; this program has: {choices}")


class ClashingSwitchesError(PalierError):
    """Raised when two readings replace the same thing: together they would be neither of the two."""

    def __init__(self, first: str, second: str, place: str) -> None:
        super().__init__(f"{first} and {second} both replace {place}: take one of the two")


@dataclass(frozen=True, slots=True)
class SqlText:
    """One SQL file: its name within the program's folder and its text."""

    file: str
    text: str

    @property
    def sentence(self) -> str:
        """The header comment as one sentence: what the file counts."""
        lines = []
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            lines.append(line.removeprefix("--").strip())
        return " ".join(lines)


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """One version of a program: its values, SQL texts, errata and people's words, immutable and hashed.

    Two rulebooks are equal when their digests are: the same files under the same switches and edits.
    """

    folder: Path
    program: Program
    errata: Mapping[str, Erratum]
    texts: Mapping[str, Mapping[str, Any]]
    metrics: Mapping[str, SqlText]
    views: Mapping[str, SqlText]
    switches: Mapping[str, str]
    digest: str
    documents: Mapping[str, Document] = field(repr=False)
    edits: Edits = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rulebook) and self.digest == other.digest

    def place(self, *trail: str, file: str = "program.yaml") -> Place:
        """The file and line of a value, by its keys in that file."""
        if file == "program.yaml" and trail[:1] and f"{trail[0]}.yaml" in self.documents:
            file, trail = f"{trail[0]}.yaml", trail[1:]
        document = self.documents.get(file)
        return Place(file, 1) if document is None else document.place(trail)

    def quote(self, citation: str) -> str | None:
        """The words of a cited line (`A124`), if the sources hold them."""
        source = self.program.sources.get(citation[:1])
        return None if source is None else source.lines.get(citation[1:])

    def text(self, language: str, *keys: str) -> str | None:
        """The words people read under `keys` in texts/<language>.yaml, if any."""
        value: Any = self.texts.get(language, {})
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) and value.strip() else None


def programs_folder() -> Path:
    """Where the shipped programs are: inside the wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "programs"
    return packaged if packaged.is_dir() else package.parents[1] / "programs"


def shipped_programs() -> tuple[str, ...]:
    """The ids of the shipped programs, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in programs_folder().glob("*/program.yaml")))


def program_folder(program: str | Path) -> Path:
    """The folder of a shipped program's name, or of a path.

    Raises:
        ProgramNotFoundError: neither exists.
    """
    for folder in (programs_folder() / str(program), Path(program)):
        if (folder / "program.yaml").is_file():
            return folder
    if Path(program).is_dir() and any(Path(program).iterdir()):
        return Path(program)
    raise ProgramNotFoundError(str(program), shipped_programs())


def read_program(
    program: str | Path, *, switches: Mapping[str, str] | None = None, edits: Edits | None = None
) -> Rulebook:
    """Read a program, with the readings that `switches` (erratum id to reading) choose and the values edited.

    Raises:
        ProgramNotFoundError: no such program.
        UnknownSwitchError: a switch names no erratum or reading of the program.
        ClashingSwitchesError: two switches replace the same file or value.
        InputProblemsError: the program cannot be read; all problems at once.
    """
    rulebook, problems = examine_program(program, switches=switches, edits=edits)
    if rulebook is None or errors_in(problems):
        raise InputProblemsError(problems)
    return rulebook


def examine_program(
    program: str | Path, *, switches: Mapping[str, str] | None = None, edits: Edits | None = None
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """Read a program as far as it goes; the rulebook is None where its values could not be typed.

    Raises:
        ProgramNotFoundError: no such program.
        UnknownSwitchError: a switch names no erratum or reading of the program.
        ClashingSwitchesError: two switches replace the same file or value.
    """
    folder = program_folder(program)
    return examine_documents(folder, _documents(folder), switches=switches, edits=edits)


def examine_documents(
    folder: Path, documents: Mapping[str, Document], *, switches: Mapping[str, str] | None, edits: Edits | None = None
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """As `examine_program`, of a folder whose YAML was read before: for one reading after another.

    Raises:
        UnknownSwitchError: a switch names no erratum or reading of the program.
        ClashingSwitchesError: two switches replace the same file or value.
    """
    problems = [problem for document in documents.values() for problem in document.problems]
    errata = _errata(documents["ERRATA.yaml"], problems)
    whole = _joined(documents, problems)
    values, files = _switched(whole.value, errata, dict(switches or {}))
    edited, lost = apply_edits(values, edits or {})
    problems += lost
    typed = _typed(Program, values, whole, problems)
    places = {whole.place(trail): path for trail, path in edited.items()}
    problems = [blamed(problem, places) for problem in problems]
    metrics, views = (_sql(folder, kind, files, problems) for kind in ("metrics", "views"))
    if typed is None:
        return None, tuple(dict.fromkeys(problems))
    rulebook = Rulebook(
        folder=folder,
        program=typed,
        errata=errata,
        texts={language: _mapping(documents[f"texts/{language}.yaml"].value) for language in LANGUAGES},
        metrics=metrics,
        views=views,
        switches=dict(sorted((switches or {}).items())),
        digest=_digest(folder, dict(switches or {}), edits or {}),
        documents=documents,
        edits=dict(edits or {}),
    )
    return rulebook, tuple(dict.fromkeys(problems))


def _documents(folder: Path) -> dict[str, Document]:
    documents = {"program.yaml": read_document(folder / "program.yaml", file="program.yaml")}
    for file in ("ERRATA.yaml", *(f"texts/{language}.yaml" for language in LANGUAGES)):
        optional = Document(file=file) if not (folder / file).exists() else read_document(folder / file, file=file)
        documents[file] = _of_keys(optional) if file.startswith("texts/") else optional
    for part in PARTS:
        if (folder / f"{part}.yaml").exists():
            documents[f"{part}.yaml"] = read_document(folder / f"{part}.yaml", file=f"{part}.yaml")
    return documents


def _of_keys(document: Document) -> Document:
    """The document, and a problem where it is there and holds no keys: its words would be found nowhere."""
    if document.value is not None and not isinstance(document.value, dict):
        said = KEYS_EXPECTED
        document.problems.append(
            Problem(
                severity="error",
                code="bad_value",
                message=f"{document.file}: {said}",
                file=document.file,
                line=document.place(()).line,
                expected=expected_of("dict_type", said),
                mend="write `tiers:`, `metrics:` and the other keys, each with its words under it",
            )
        )
    return document


def _joined(documents: Mapping[str, Document], problems: list[Problem]) -> Document:
    """program.yaml with the parts that have files of their own, each value still at its file and line."""
    main = documents["program.yaml"]
    values = dict(main.value) if isinstance(main.value, dict) else main.value
    joined = Document(file=main.file, value=values, places=dict(main.places), problems=list(main.problems))
    for part in PARTS:
        if isinstance(values, dict) and part in values:
            problems.append(_misplaced(part, main.place((part,))))
            del values[part]
        if isinstance(values, dict) and (document := documents.get(f"{part}.yaml")) is not None:
            values[part] = document.value if document.value is not None else {}
            joined.places[part,] = Place(document.file, 1)
            joined.places |= {(part, *trail): place for trail, place in document.places.items()}
            joined.problems += document.problems
    return joined


def _misplaced(part: str, place: Place) -> Problem:
    return Problem(
        severity="error",
        code="misplaced_key",
        message=f"{part} have a file of their own",
        file=place.file,
        line=place.line,
        found=part,
        mend=f"move what is under it to {part}.yaml",
    )


def _errata(document: Document, problems: list[Problem]) -> dict[str, Erratum]:
    if document.value is None:
        return {}
    return _typed(_ERRATA, document.value, document, problems) or {}


def _switched(
    values: Plain, errata: Mapping[str, Erratum], switches: Mapping[str, str]
) -> tuple[Plain, dict[str, str]]:
    known = {name: tuple(erratum.switch) for name, erratum in errata.items() if erratum.switch}
    files: dict[str, str] = {}
    switched = copy.deepcopy(values)
    replaced: dict[str, str] = {}
    for name, chosen in switches.items():
        if chosen not in known.get(name, ()):
            raise UnknownSwitchError(name, chosen, known)
        reading = errata[name].switch[chosen]
        for place in (*reading.files, *reading.set):
            other = next((each for each in replaced if _overlap(each, place)), None)
            if other is not None and replaced[other] != name:
                raise ClashingSwitchesError(f"{replaced[other]}={switches[replaced[other]]}", f"{name}={chosen}", place)
            replaced[place] = name
        files.update(reading.files)
        for path, value in reading.set.items():
            replace_at(switched, tuple(path.split(".")), value)
    return switched, files


def _overlap(first: str, second: str) -> bool:
    """Whether one of two places is the other or stands over it."""
    return f"{first}.".startswith(f"{second}.") or f"{second}.".startswith(f"{first}.")


def _typed(model: Any, value: Plain, document: Document, problems: list[Problem]) -> Any:  # noqa: ANN401
    if document.problems and value is None:
        return None
    validate = model.validate_python if isinstance(model, TypeAdapter) else model.model_validate
    try:
        return validate(value if value is not None else {})
    except ValidationError as error:
        told = {(problem.file, problem.line) for problem in document.problems}
        found = [mistyped(each, document) for each in error.errors(include_url=False)]
        problems += [problem for problem in found if (problem.file, problem.line) not in told]
        return None


def _sql(folder: Path, kind: str, files: Mapping[str, str], problems: list[Problem]) -> dict[str, SqlText]:
    texts: dict[str, SqlText] = {}
    for path in sorted((folder / kind).glob("*.sql")):
        if path.stem.count("--"):
            continue  # another reading's file, chosen by a switch
        name = f"{kind}/{path.name}"
        file = files.get(name, name)
        code, line = "unreadable_file", 1
        try:
            written = (folder / file).read_bytes()
            if len(written) <= MAX_SQL_BYTES:
                texts[path.stem] = SqlText(file, written.decode("utf-8-sig"))
                continue
            code, message = (
                "too_large",
                f"{file} has {len(written)} bytes; an SQL file has at most {MAX_SQL_BYTES}",
            )
        except UnicodeDecodeError as error:
            line = 1 + written[: error.start].count(b"\n")
            message = f"{file} cannot be read as UTF-8 text: {error.reason}"
        except OSError as error:
            message = f"{file} cannot be read: {error.strerror}"
        mend = "save it as a small file of UTF-8 text"
        problems.append(Problem(severity="error", code=code, message=message, file=file, line=line, mend=mend))
    return texts


def _mapping(value: Plain) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _digest(folder: Path, switches: Mapping[str, str], edits: Edits) -> str:
    """The version of the rules: every file that can change a figure or a word, the switches taken, the edits."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".yaml", ".sql"} and path.is_file() and "cases" not in path.relative_to(folder).parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name, chosen in sorted(switches.items()):
        digest.update(f"{name}={chosen}\0".encode())
    for edited, value in sorted(edits.items()):
        digest.update(f"--set {edited}={value!r}\0".encode())
    return digest.hexdigest()

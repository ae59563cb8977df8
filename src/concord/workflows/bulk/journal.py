"""What an unfinished job has done so far: the scores of its windows, kept beside the output.

Scores are what takes time; reading and writing rows takes little beside them. So the journal
holds the scores alone, and a job that goes on reads its rows anew, takes the scores of those that
were done, and writes the output as if it had never stopped, whatever its format.

The file has a JSON object a line. The first says how the job scores; each further one holds a
window's scores and a digest of its rows. A line is on the disk before the next window's is
written, so whenever the job is killed, only the last one can be incomplete; it is cut off.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from concord.errors import ConfigError, DataError
from concord.workflows.bulk.options import Answers
from concord.workflows.bulk.windows import Window

_VERSION: Final = 1


class Journal:
    """The windows that a job has scored, in their order; one process at a time may open it.

    Args:
        path: Where it is kept.
        identity: All that the scores depend on but the rows: model, options, window size.
        output: What the job writes, to be named in errors.
        restart: Forget what was done, after this was called to remove what came of it; nobody
            else has the journal open then.

    Raises:
        ConfigError: If another process has it open, or its job scores differently.
    """

    def __init__(
        self,
        path: Path,
        identity: Mapping[str, Any],
        *,
        output: str,
        restart: Callable[[], None] | None = None,
    ) -> None:
        self._path = path
        self._output = output
        self._recalling = True
        self._file = _open_locked(path, output)
        try:
            # As it would be read: a StrEnum is a text, a tuple a list.
            wanted = json.loads(json.dumps({"version": _VERSION, **identity}))
            self._begin(wanted, restart)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the file if the job is complete, or has nothing done worth keeping."""
        self._file.flush()
        if kind is None or os.fstat(self._file.fileno()).st_size == self._first:
            self._path.unlink(missing_ok=True)
        self._file.close()

    def recall(self, window: Window) -> Answers | None:
        """Return a window's scores if they are here; once None, the rest are to be appended.

        Raises:
            DataError: If the window's rows are not those that were scored.
        """
        if not self._recalling:
            return None
        entry, end = self._read_line()
        if entry is None:
            self._recalling = False
            self._cut_at(end)
            return None
        if entry["digest"] != window.digest():
            raise self._changed(f"rows {window.start + 1:,} to {window.stop:,} are")
        answers: Answers = entry["answers"]
        return answers

    def append(self, window: Window, answers: Answers) -> None:
        """Keep the scores of the next window; when this returns, no kill can undo it."""
        self._write_line({"digest": window.digest(), "answers": answers})

    def check_is_used_up(self) -> None:
        """Refuse to end if more windows were scored than there are now."""
        if self._recalling and self._read_line()[0] is not None:
            raise self._changed("the last rows are")

    def _begin(self, identity: Mapping[str, Any], restart: Callable[[], None] | None) -> None:
        found, end = self._read_line()
        if restart is not None:
            restart()
            found = None
        if found is None:
            self._cut_at(0)
            self._write_line(identity)
            end = self._file.tell()
        elif found != identity:
            raise _differing(found, identity, self._output)
        self._first = end

    def _read_line(self) -> tuple[dict[str, Any] | None, int]:
        """Return the next line and its end; None and its start if it is not whole."""
        start = self._file.tell()
        line = self._file.readline()
        try:
            entry = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            entry = None
        return (entry, self._file.tell()) if isinstance(entry, dict) else (None, start)

    def _write_line(self, entry: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _cut_at(self, end: int) -> None:
        self._file.seek(end)
        self._file.truncate()

    def _changed(self, which: str) -> DataError:
        return DataError(
            f"{which} not those that the unfinished job for {self._output} scored; give it the "
            "same input to go on, or --restart to begin anew"
        )


def _open_locked(path: Path, output: str) -> BinaryIO:
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
    try:
        import fcntl  # not on Windows, where two jobs for one output are the user's care

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system ends it with the process
    except ImportError:
        pass
    except OSError as error:
        file.close()
        raise ConfigError(
            f"another process is writing {output}; wait for its end, or name another output"
        ) from error
    return file


def _differing(found: Mapping[str, Any], wanted: Mapping[str, Any], output: str) -> ConfigError:
    names = [name for name in {**found, **wanted} if found.get(name) != wanted.get(name)]
    name = names[0]
    return ConfigError(
        f"{output} has an unfinished job whose {name} is {found.get(name)!r}, not "
        f"{wanted.get(name)!r}; run the same command as before to go on, or give --restart to "
        "begin anew"
    )

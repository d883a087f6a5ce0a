"""The world outside as an interview sees it in a visit: its session's tasks, addresses, the configuration, the log."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.steering import SaveFirst
from docassemble_lite.host import FileInfo, Request, TaskReport
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.freezer import freeze, thaw
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tasks import NewTask
from docassemble_lite.visit.addresses import archive_address, encoded_action, interview_address, uploaded_file_address

log = logging.getLogger("docassemble_lite.interview")

#: Directives that interviews may know.
_PUBLIC = frozenset({"appname", "language", "locale", "timezone", "country", "currency", "debug", "default_interview"})
_WAIT = 0.05
_PAGES = {
    "exit": "/exit",
    "leave": "/leave",
    "interviews": "/interviews",
    "interview_list": "/interviews",
    "dispatch": "/list",
    "root": "/",
}


class VisitHost:
    """The host of one evaluation in one session. `new_tasks` is what it was asked to start."""

    def __init__(
        self, store: Store, sources: Sources, settings: Settings, request: Request, source: Source, loaded: Loaded
    ) -> None:
        self._store = store
        self._sources = sources
        self._settings = settings
        self._request = request
        self._source = source
        self._loaded = loaded
        self.new_tasks: list[NewTask] = []
        self.revoked: list[str] = []

    def saved(self) -> None:
        """The answers were saved, and with them the new tasks."""
        self.new_tasks = []

    # --- addresses -------------------------------------------------------------------------------------------------

    def action_url(self, action: str, arguments: Mapping[str, Any], *, with_session: bool, forget_prior: bool) -> str:
        if forget_prior:
            action, arguments = "_da_priority_action", {"_action": action, "_arguments": dict(arguments)}
        encoded = encoded_action(action, arguments)
        if not with_session:
            return interview_address(self._request.interview, action=encoded)
        path = interview_address(self._request.interview, session=self._request.session, action=encoded)
        return self._request.url_root + path

    def interview_url(self, interview: str | None, arguments: Mapping[str, Any]) -> str:
        session = self._request.session if interview is None else None
        path = interview_address(interview or self._request.interview, **{"session": session, **arguments})
        return self._request.url_root + path

    def page_url(self, page: str, arguments: Mapping[str, Any]) -> str:
        given = dict(arguments)
        if page in ("restart", "new_session"):
            return interview_address(self._request.interview, **({"reset": 1} if page == "restart" else {"new_session": 1}))
        if page == "interview":
            return interview_address(str(given.pop("i", self._request.interview)), **given)
        root = self._request.url_root if given.pop("_external", False) else ""
        if page in _PAGES:
            return root + _PAGES[page]
        return root + self._static_url(page)

    def _static_url(self, reference: str) -> str:
        if self._sources.data_file(reference, "static", self._source) is None:
            raise ValueError(f"There is no page and no static file “{reference}”.")
        package, colon, name = reference.partition(":")
        if not colon:
            package, name = self._source.folder, reference
        return f"/packagestatic/{package}/{name.removeprefix('data/static/').removeprefix('static/')}"

    # --- tasks -----------------------------------------------------------------------------------------------------

    def start_task(self, action: str, arguments: Mapping[str, Any], mode: str | None) -> str:
        task = NewTask(secrets.token_urlsafe(24), action, freeze(dict(arguments)), mode)
        self.new_tasks.append(task)
        return task.id

    def task(self, task_id: str) -> TaskReport:
        if any(task.id == task_id for task in self.new_tasks):
            return TaskReport("waiting")
        report = self._store.tasks.report(task_id, self._loaded.session_id, self._loaded.data_key)
        if report is None:
            return TaskReport("failed", error_type="TaskNotFound", error_message="There is no such task in this session.")
        details = thaw(report.result)[0] if report.result is not None else {}
        return TaskReport(
            report.state,
            result=details.get("value"),
            error_type=report.error_type or details.get("error_type", ""),
            error_message=details.get("error_message", ""),
            error_trace=details.get("error_trace", ""),
            variables=tuple(details.get("variables", ())),
        )

    def wait_for_task(self, task_id: str, seconds: float) -> TaskReport:
        """A task that this very evaluation started can only run once the answers are saved, so they are, first."""
        if any(task.id == task_id for task in self.new_tasks):
            raise SaveFirst
        deadline = time.monotonic() + seconds
        report = self.task(task_id)
        while not report.over and time.monotonic() < deadline:
            time.sleep(_WAIT)
            report = self.task(task_id)
        return report

    def revoke_task(self, task_id: str, *, terminate: bool) -> None:
        self._store.tasks.revoke(task_id, self._loaded.session_id)

    # --- files -----------------------------------------------------------------------------------------------------

    def make_file(self, name: str, content: bytes, mimetype: str) -> int:
        session = self._loaded
        return self._store.files.add(session.session_id, session.data_key, content, name=name, mimetype=mimetype).number

    def read_file(self, number: int) -> bytes:
        return self._store.files.read(self._file(number), self._loaded.data_key)

    def file_info(self, number: int) -> FileInfo:
        file = self._file(number)
        return FileInfo(file.number, file.name, file.extension, file.mimetype, file.size)

    def file_url(self, number: int, extension: str, *, attachment: bool, external: bool) -> str:
        root = self._request.url_root if external else ""
        return root + uploaded_file_address(number, extension, attachment=attachment)

    def archive_url(self, numbers: Sequence[int], name: str) -> str:
        return archive_address(numbers, name)

    def _file(self, number: int) -> StoredFile:
        return self._store.files.info(number, self._loaded.session_id, self._loaded.data_key)

    # --- the rest --------------------------------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        key = name.replace(" ", "_")
        return getattr(self._settings, key) if key in _PUBLIC else default

    def log(self, message: str, level: str = "info") -> None:
        log.info("%s: %s", self._request.interview, message)

"""A stored file: an object that holds the number of a file, whose content the host keeps."""

from __future__ import annotations

from typing import Any, BinaryIO

from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.file_names import clean_extension, clean_name, extension_for, extension_of, mimetype_of
from docassemble_lite.objects.opened import opened_files

_TEXTS = ("text/", "application/json", "application/xml", "application/yaml", "application/javascript")


class StoredFile(DAObject):
    """What a `DAFile` is before anything is made of it or shown: a name, a kind and a content."""

    filename: str
    extension: str
    mimetype: str
    number: int
    initialized: bool
    # whether somebody outside wrote what is in it, so that its text must stay text where it is shown
    from_outside = False

    @property
    def ok(self) -> bool:
        """Whether there is a file behind it."""
        return "number" in self.__dict__

    def initialize(
        self,
        filename: str | None = None,
        extension: str | None = None,
        mimetype: str | None = None,
        content: str | bytes = b"",
        reinitialize: bool = False,
    ) -> None:
        """Make it a file: an empty one, if no content is given. One that is a file already stays what it is,
        unless `reinitialize` is True."""
        if self.ok and not reinitialize:
            self.retrieve()
            return
        ending = clean_extension(extension_of(filename or "") or str(extension or ""))
        ending = ending or (extension_for(mimetype) if mimetype else "txt")
        name = clean_name(filename or "file")
        self.filename = name if extension_of(name) == ending else f"{name}.{ending}"
        self.extension = ending
        self.mimetype = mimetype or mimetype_of(ending)
        self._keep(_bytes_of(content))

    # --- content -----------------------------------------------------------------------------------------------------

    def slurp(self, auto_decode: bool = True) -> Any:
        """The content: a text if the file is one (in UTF-8), otherwise bytes."""
        content = self._content()
        return self._text(content) if auto_decode and self.mimetype.startswith(_TEXTS) else content

    def readlines(self) -> list[str]:
        """The lines of a text, each with its end."""
        return self._text(self._content()).splitlines(keepends=True)

    def write(self, content: Any, binary: bool = False) -> None:
        """Replace the content: by a text, or with `binary` by bytes."""
        self._need()
        data = bytes(content) if binary else _bytes_of(content)
        if data != self._content():
            self._keep(data)

    def path(self) -> str:
        """Where code can read and write the file, as long as this evaluation lasts; what it writes is kept in the end."""
        self._need()
        self.commit()
        return str(opened_files().path_of(self, lambda: current().host.open_file(self.number)))

    def commit(self) -> None:
        """Keep at once what code has written at the path."""
        opened = current().opened
        written = None if opened is None else opened.changed_path(self)
        if written is not None:
            with written.open("rb") as content:
                self._keep_as(content)

    def retrieve(self) -> None:
        """See to it that the file is there. Raises `NoSuchFile`."""
        self._need()
        current().host.file_info(self.number)

    def size_in_bytes(self) -> int:
        """How large the file is."""
        self.commit()
        self._need()
        return current().host.file_info(self.number).size

    # --- inside ------------------------------------------------------------------------------------------------------

    def _need(self) -> None:
        """Seek what makes it a file, unless it is one."""
        if not self.ok:
            self.initialized  # seeks it

    def _content(self) -> bytes:
        self._need()
        self.commit()
        return current().host.read_file(self.number)

    def _text(self, content: bytes) -> str:
        text = content.decode("utf-8")
        if self.from_outside and current().evaluation is not None:
            current().evaluation.note_outside(text)
        return text

    def _keep_as(self, content: bytes | BinaryIO) -> None:
        self.number = current().host.make_file(self.filename, content, self.mimetype, self.__dict__.get("number"))
        self.initialized = True
        self.__dict__.pop("pages", None)

    def _keep(self, content: bytes) -> None:
        self._keep_as(content)
        opened = current().opened
        if opened is not None:
            opened.replaced(self, content)


def _bytes_of(content: Any) -> bytes:
    return bytes(content) if isinstance(content, (bytes, bytearray, memoryview)) else str(content).encode("utf-8")

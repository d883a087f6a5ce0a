"""`DAFile`, `DAFileList` and `DAFileCollection`: stored files as interviews see them.

An object holds the number of a file, whose content the host keeps. A stored file never changes: what is written becomes
another one, so that going back in an interview brings back what was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from docassemble_lite.errors import NoSuchFile
from docassemble_lite.formats.pdf_pages import PAGE_SIZES
from docassemble_lite.formats.pdfs import form_fields, has_form, is_encrypted, page_count
from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.changing_files import ChangeableFile, docx_variables, of_pdf
from docassemble_lite.objects.file_access import SharedFile
from docassemble_lite.objects.file_markup import file_markup
from docassemble_lite.objects.file_names import extension_for, extension_of, mimetype_of
from docassemble_lite.objects.lists import DAList

T = TypeVar("T")

_PDF = "application/pdf"
_TEXTS = ("text/", "application/json", "application/xml", "application/yaml", "application/javascript")
#: Types whose files are shown by markup of their own.
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "text/plain", "text/markdown", _PDF)
_MARKUP = re.compile(r"([\\_\[\]*`<>])")


class DAFile(SharedFile):
    """A file. A new one has to be initialized before it can be used; until then `initialized` is sought.

    `filename` is what it is called, `extension` is in lower case and has no dot, `number` is how the server finds it.
    """

    def copy_into(self, other: Any) -> None:
        """Replace the content by that of another file: a `DAFile`, a collection, a list, or a path."""
        self._need()
        if isinstance(other, (DAFile, DAFileList, DAFileCollection)):
            self.write(_first_of(other)._content(), binary=True)
            return
        with open(other.path() if isinstance(other, DAStaticFile) else str(other), "rb") as given:
            self.write(given.read(), binary=True)

    def num_pages(self) -> int:
        """How many pages a PDF has; 1 for any other kind of file. Raises `ValueError` for a PDF that can't be read."""
        self._need()
        if self.mimetype != _PDF:
            return 1
        pages = self.__dict__.get("pages")
        return int(pages) if pages is not None else self._of_pdf(page_count)

    def set_mimetype(self, mimetype: str) -> None:
        """Say of which type the file is; its extension follows, and in the end that of its name."""
        self.mimetype = mimetype
        self.extension = extension_for(mimetype)
        if self.ok:
            self._rename(self.filename.rpartition(".")[0] or self.filename)

    def from_url(self, url: str) -> None:
        """Not here: raises `ValueError`, as a server that fetches any address can be sent into the network behind it."""
        raise ValueError(
            f"from_url() isn't supported, so “{url}” isn't fetched. Have the person upload the file, or fetch it in a module."
        )

    def is_encrypted(self) -> bool:
        """Whether it is a PDF that is encrypted."""
        self._need()
        return self.mimetype == _PDF and self._of_pdf(is_encrypted)

    def uses_acroform(self) -> bool:
        """Whether it is a PDF with a form."""
        self._need()
        return self.mimetype == _PDF and self._of_pdf(has_form)

    def get_pdf_fields(self) -> list[tuple[Any, ...]]:
        """The fields of a PDF's form: name, default, page, corners, type and value when checked of each."""
        self._need()
        return self._of_pdf(form_fields)

    def _of_pdf(self, asked: Callable[[bytes], T]) -> T:
        return of_pdf(self._content(), self.filename, asked)

    # --- showing -----------------------------------------------------------------------------------------------------

    def url_for(
        self,
        temporary: bool = False,
        seconds: float = 30,
        external: bool = False,
        attachment: bool = False,
        page: int | None = None,
        size: str = "page",
    ) -> str:
        """The address of the file. With `attachment`, a browser saves it instead of showing it; `external` addresses
        begin with the server's.

        Whoever has a `temporary` address gets the file, for so many `seconds` from now. With a `page` (from 1) of a PDF, it is
        the address of a picture of it, which is small with the `size` "screen".
        """
        self.commit()
        self._need()
        if page is not None:
            if temporary or not 1 <= int(page) <= self.num_pages() or size not in PAGE_SIZES:
                raise ValueError(f"There is no such picture of a page of {self.filename}.")
            return current().host.file_url(
                self.number, self.extension, attachment=attachment, external=external, page=int(page), size=size
            )
        if temporary:
            if not float(seconds) > 0:
                raise ValueError("A temporary address holds for some seconds; “seconds” must be more than 0.")
            return current().host.temporary_file_url(self.number, self.extension, attachment=attachment, seconds=float(seconds))
        return current().host.file_url(self.number, self.extension, attachment=attachment, external=external)

    def show(self, width: Any = None, alt_text: str | None = None, **_: Any) -> str:
        """Markup that shows the file: a picture, a player for sounds and films, the text of a text, a link to anything else.

        Of a PDF, a screen shows its first page, and a document all of them.
        """
        self.commit()
        self._need()
        if self.mimetype.startswith(_SHOWN):
            return file_markup(self.number, width, alt_text or self.get_alt_text())
        text = _MARKUP.sub(r"\\\1", alt_text or self.get_alt_text() or self.filename)
        return f"[{text}]({self.url_for()})"

    def set_alt_text(self, text: str) -> None:
        """Say in words what is to be seen in the file."""
        self.alt_text = str(text)

    def get_alt_text(self) -> str | None:
        """What is to be seen in the file, in words; None if nobody has said."""
        text = self.__dict__.get("alt_text")
        return None if text is None else str(text)

    def __str__(self) -> str:
        return self.show()


class _SeveralFiles:
    """What lists and collections of files share: where one file is asked for, it is the first."""

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Any]: ...

    def slurp(self, auto_decode: bool = True) -> Any:
        """The content of the first file."""
        return _first_of(self).slurp(auto_decode)

    def path(self) -> str:
        """Where code can read and write the first file."""
        return _first_of(self).path()

    def url_for(self, **options: Any) -> str:
        """The address of the first file."""
        return _first_of(self).url_for(**options)

    def size_in_bytes(self) -> int:
        """How large the first file is."""
        return _first_of(self).size_in_bytes()

    def is_encrypted(self) -> bool:
        """Whether the first file is a PDF that is encrypted."""
        return _first_of(self).is_encrypted()

    def uses_acroform(self) -> bool:
        """Whether the first file is a PDF with a form."""
        return _first_of(self).uses_acroform()

    def get_pdf_fields(self) -> list[tuple[Any, ...]]:
        """The fields of the form of the first file."""
        return _first_of(self).get_pdf_fields()

    def get_docx_variables(self) -> list[str]:
        """The variables that the first file, a DOCX template, mentions."""
        return _first_of(self).get_docx_variables()

    def fix_up(self) -> None:
        """Repair all PDF files."""
        for file in self:
            file.fix_up()

    def set_attributes(self, **attributes: Any) -> None:
        """Set attributes of all files."""
        for file in self:
            file.set_attributes(**attributes)

    def user_access(self, *users: Any, disallow: Any = None) -> None:
        """Let people see all files, and others no longer. Called without parameters, it does nothing."""
        for file in self:
            file.user_access(*users, disallow=disallow)

    def privilege_access(self, *privileges: Any, disallow: Any = None) -> None:
        """Let people with some privileges see all files, and others no longer. Called without parameters, it does nothing."""
        for file in self:
            file.privilege_access(*privileges, disallow=disallow)

    def set_alt_text(self, text: str) -> None:
        """Say in words what is to be seen in each of the files."""
        for file in self:
            file.set_alt_text(text)

    def get_alt_text(self) -> str | None:
        """What is to be seen in the first file, in words."""
        return _first_of(self).get_alt_text()

    def show(self, **options: Any) -> str:
        """Markdown that shows all files."""
        return " ".join(file.show(**options) for file in self)

    def __str__(self) -> str:
        return self.show()


class DAFileList(_SeveralFiles, DAList):
    """Files one after the other. Where one file is asked for, it is the first."""

    def init(self, *positional: Any, **attributes: Any) -> None:
        self.object_type = DAFile
        self.complete_attribute = "initialized"
        super().init(*positional, **attributes)

    def bates_number(self, *files: Any, **options: Any) -> None:
        """Number the pages of the first file, or have it become a PDF of the `files` with numbered pages."""
        _first_of(self).bates_number(*files, **options)

    def make_ocr_pdf(self, *files: Any, **options: Any) -> None:
        """Have the first file become a PDF whose text can be searched, of itself or of the `files`."""
        _first_of(self).make_ocr_pdf(*files, **options)

    def make_ocr_pdf_in_background(self, *files: Any, **options: Any) -> Any:
        """Have that done by a background task, which is returned."""
        return _first_of(self).make_ocr_pdf_in_background(*files, **options)

    def extract_pages(self, first: int = 1, last: int | None = None, output_to: DAFile | None = None) -> ChangeableFile:
        """Pages of the first file."""
        return _first_of(self).extract_pages(first, last, output_to)

    def convert_to(self, extension: str, output_to: DAFile | None = None) -> None:
        """Turn all files into another kind."""
        for file in self:
            file.convert_to(extension, output_to)

    def num_pages(self) -> int:
        """How many pages all files have together."""
        return sum(file.num_pages() for file in self)


class DAFileCollection(_SeveralFiles, DAObject):
    """One document in several formats: each is an attribute with the name of the format, e.g. `letter.pdf`.

    `info` says what was assembled: its `name`, `filename` (without an extension) and `description`, and in which `formats`.
    """

    info: dict[str, Any]

    def init(self, *positional: Any, **attributes: Any) -> None:
        self.info = {"name": "", "filename": "", "description": "", "formats": []}
        super().init(*positional, **attributes)

    def add(self, extension: str, file: DAFile) -> None:
        """Take in a format, after those that there are."""
        setattr(self, extension, file)
        self.info["formats"] = [*self.info.get("formats", []), extension]

    def __iter__(self) -> Iterator[DAFile]:
        return iter([getattr(self, extension) for extension in self.info.get("formats", [])])

    def __len__(self) -> int:
        return len(self.info.get("formats", []))

    def num_pages(self) -> int:
        """How many pages the PDF has; 1 if there is none."""
        return next((file.num_pages() for file in self if file.mimetype == _PDF), 1)

    def __bool__(self) -> bool:
        return True


class DAStaticFile(DAObject):
    """A file of a package, or one beside the interview; `filename` is "name", "package:name" or "package:data/folder/name"."""

    filename: str

    @property
    def extension(self) -> str:
        """What follows the last dot of the name, in lower case."""
        return extension_of(self.filename)

    @property
    def mimetype(self) -> str:
        """The type that the extension stands for."""
        return mimetype_of(self.extension)

    def path(self) -> str:
        """Where code can read the file. Raises `NoSuchFile`."""
        found = current().host.static_file(self.filename)
        if found is None:
            raise NoSuchFile(f"There is no static file “{self.filename}”.")
        return str(found)

    def size_in_bytes(self) -> int:
        """How large the file is."""
        return Path(self.path()).stat().st_size

    def slurp(self, auto_decode: bool = True) -> Any:
        """The content: a text if the file is one (in UTF-8), otherwise bytes."""
        content = Path(self.path()).read_bytes()
        return content.decode("utf-8") if auto_decode and self.mimetype.startswith(_TEXTS) else content

    def num_pages(self) -> int:
        """How many pages a PDF has; 1 for any other kind of file. Raises `ValueError` for a PDF that can't be read."""
        return self._of_pdf(page_count) if self.mimetype == _PDF else 1

    def get_pdf_fields(self) -> list[tuple[Any, ...]]:
        """The fields of a PDF's form: name, default, page, corners, type and value when checked of each."""
        return self._of_pdf(form_fields)

    def is_encrypted(self) -> bool:
        """Whether it is a PDF that is encrypted."""
        return self.mimetype == _PDF and self._of_pdf(is_encrypted)

    def uses_acroform(self) -> bool:
        """Whether it is a PDF with a form."""
        return self.mimetype == _PDF and self._of_pdf(has_form)

    def get_docx_variables(self) -> list[str]:
        """The variables that a DOCX template mentions. Raises `ValueError` for what isn't one."""
        return docx_variables(Path(self.path()).read_bytes(), self.filename)

    def _of_pdf(self, asked: Callable[[bytes], T]) -> T:
        return of_pdf(Path(self.path()).read_bytes(), self.filename, asked)

    def url_for(self, external: bool = False, **_: Any) -> str:
        """The address of the file; `external` addresses begin with the server's."""
        address = current().host.page_url(self.filename, {"_external": external})
        return str(address)

    def show(self, width: Any = None, alt_text: str | None = None, **_: Any) -> str:
        """Markup that shows the file."""
        return file_markup(self.filename, width, alt_text or self.get_alt_text())

    def set_alt_text(self, text: str) -> None:
        """Say in words what is to be seen in the file."""
        self.alt_text = str(text)

    def get_alt_text(self) -> str | None:
        """What is to be seen in the file, in words; None if nobody has said."""
        text = self.__dict__.get("alt_text")
        return None if text is None else str(text)

    def __str__(self) -> str:
        return self.show()


def static_image(reference: str, width: Any = None, alt_text: str | None = None) -> str:
    """Markup that shows a picture of a package, or one beside the interview."""
    return file_markup(reference, width, alt_text)


def _first_of(files: Any) -> DAFile:
    """The first file of a list or a collection, or the file itself. Raises `NoSuchFile`."""
    if isinstance(files, DAFile):
        return files
    for file in files:
        if isinstance(file, DAFile):
            return file
    raise NoSuchFile(f"{files.instanceName} has no file.")

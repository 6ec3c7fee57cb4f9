"""What the person in front of the terminal sees and types."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.console_app.blocks import blocks
from bot.core.events import Action
from bot.core.refusals import RefusalError
from bot.core.replies import Button, File, Form, Reply

PREVIEW_HEIGHT = 24
"""Lines of a preview at most."""


class Terminal:
    """Prints replies, saves pictures, and knows which buttons the last one had.

    Args:
        console: Where to print.
        folder: Where pictures are saved.
    """

    def __init__(self, console: Console, folder: Path) -> None:
        self._console = console
        self._folder = folder
        self._buttons: list[Button] = []
        self.form: Form | None = None
        """A question that the next line answers."""

    def show(self, reply: Reply) -> None:
        """Print a reply, with its buttons as numbered choices."""
        if reply.form is not None:
            self.form = reply.form
            # There is no field to fill in: the old wish is shown to be copied.
            self._say(f"{reply.form.title}: {reply.form.text}".rstrip(": "))
            self._say(reply.form.label, "bold")
            return
        self.preview(reply)
        if reply.text:
            self._say(reply.text)
        for file in (*reply.files, *([reply.picture] if reply.picture else [])):
            self._say(f"→ {self._save(file)}", "dim")
        if reply.rows:
            self._buttons = [button for row in reply.rows for button in row]
            numbers = iter(range(1, len(self._buttons) + 1))
            for row in reply.rows:
                choices = Text()
                for button in row:
                    choices.append(f" {next(numbers)} ", "bold reverse")
                    emoji = f"{button.emoji} " if button.emoji else ""
                    choices.append(f" {emoji}{_label(button)}   ", "cyan")
                self._console.print(choices)

    def remove(self, job_id: str) -> None:
        """Delete the saved pictures of a job."""
        for path in self._folder.glob(f"moemoji-{job_id}*"):
            path.unlink()
            self._say(f"✕ {path}", "dim")

    def preview(self, reply: Reply) -> None:
        """The picture in colour blocks, where somebody can see it."""
        if reply.picture is None or not self._console.is_terminal:
            return
        width = max(8, self._console.width - 2)
        height = max(4, min(PREVIEW_HEIGHT, self._console.height - 6))
        self._console.print(blocks(reply.picture.data, width, height))

    def note(self, reply: Reply) -> None:
        """Print news of a waiting picture in one quiet line."""
        self._say(reply.text, "dim")

    def chosen(self, line: str) -> Action | None:
        """The button that a number means; None if the line is no number, or nothing to press.

        Raises:
            RefusalError: if there is no such button.
        """
        if not (line.isascii() and line.isdecimal() and len(line) < 4 and self._buttons):
            return None
        number = int(line)
        if not 0 < number <= len(self._buttons):
            raise RefusalError("button", number=number)
        return self._buttons[number - 1].action

    def _say(self, text: str, look: str = "") -> None:
        # Terminals break lines themselves, and paths and Chinese better than we do.
        self._console.print(Text(text, look), soft_wrap=True)

    def _save(self, file: File) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"moemoji-{file.name}"
        path.write_bytes(file.data)
        return path


def _label(button: Button) -> str:
    """A pick's label is a number already, which would read like the choice's own."""
    return (
        f"№ {button.label}"
        if button.action.name == "pick" and button.label.isdecimal()
        else (button.label)
    )

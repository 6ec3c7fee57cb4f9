"""What is answered at once, without drawing: the line, details, data and its deletion."""

from __future__ import annotations

from bot.core import limits
from bot.core.events import Action, Command, Event, Person, Press
from bot.core.preferences import Preferences
from bot.core.refusals import RefusalError
from bot.core.replies import Button, Form, Reply, Rows
from bot.core.results import UNDER_WAITING, details, wish_of
from bot.core.wishes import MAX_WORDS
from bot.texts import Texts
from worker.jobs import Record
from worker.queue import JobQueue

_HOUR = 3600


class Answers:
    """Reads the queue and speaks of it."""

    def __init__(self, queue: JobQueue, preferences: Preferences, *, logged: bool = False) -> None:
        self._queue = queue
        self._preferences = preferences
        self._logged = logged

    def help(self, say: Texts, person: Person | None = None) -> Reply:
        """What we can do, with a button to begin; managers are told of /admin as well."""
        surprise = Button(say("buttons.surprise"), Action("idea"), "main", "🎲")
        text = say("say.help")
        if person is not None and (person.moderator or person.owner):
            text += "\n" + say("say.help_admin")
        return Reply(text, rows=((surprise,),), private=True)

    def privacy(self, say: Texts) -> Reply:
        """What is kept, and for how long: the numbers are those of the settings."""
        kept = self._queue.settings
        return Reply(
            say(
                "say.privacy",
                days=round(kept.record_ttl / (24 * _HOUR)),
                hours=round(kept.result_ttl / _HOUR),
                minutes=round(kept.upload_ttl / 60),
                logs=say("say.privacy_logged" if self._logged else "say.privacy_logs"),
            ),
            private=True,
        )

    async def record(self, job_id: str) -> Record:
        """An earlier job.

        Raises:
            RefusalError: if it is not there any more.
        """
        # Also an id that people write, perhaps with a "#" or a capital letter of their phone.
        record = await self._queue.record(job_id.strip().lstrip("#").lower())
        if record is None:
            raise RefusalError("gone")
        return record

    async def line(self, event: Event, say: Texts) -> Reply:
        """Where this person's jobs are, each with a button to cancel it."""
        lines, made = [], []
        for job_id in await self._queue.open_jobs(event.author):
            position = await self._queue.position(job_id)
            record = await self._queue.record(job_id)
            if position is None or record is None:
                continue
            wish = wish_of(record.request, say, 60)
            if position.place == 0:
                lines.append(say("say.queue_drawing", id=job_id, wish=wish))
            else:
                lines.append(
                    say(
                        "say.queue_line",
                        id=job_id,
                        place=say.place(position.place),
                        wait=say.wait(position.seconds),
                        wish=wish,
                    )
                )
            button = Button(say("buttons.cancel_this", id=job_id), Action("cancel", job_id))
            made.append((button,))
        if not lines:
            return Reply(say("say.queue_empty"), private=True)
        return Reply("\n".join(lines), rows=tuple(made[:5]), private=True)

    async def cancel(self, event: Command, say: Texts) -> Reply:
        """ "/cancel" stops everything this person waits for, "/cancel ID" only that."""
        named = event.options.get("id", event.words).split()
        jobs = [(await self.record(named[0])).job_id] if named else None
        stopped = 0
        for job_id in await self._queue.open_jobs(event.author) if jobs is None else jobs:
            limits.owner(event, await self.record(job_id))
            stopped += await self._queue.cancel(job_id, None)
        if stopped:
            return Reply(say("say.cancelled_some", count=stopped), private=True)
        return Reply(say("say.late" if jobs else "say.queue_empty"), private=True)

    async def stop(self, event: Press, say: Texts) -> Reply | None:
        """The cancel button; the waiting message itself tells when the job has ended."""
        record = await self.record(event.action.subject)
        limits.owner(event, record)
        stopped = await self._queue.cancel(record.job_id, None)
        if event.action.argument == UNDER_WAITING:
            known = record.landed.message_id if record.landed else record.waiting
            if known is not None and known != event.message_id:
                # Left behind by a frontend that died before it could tell where it had posted.
                return Reply(delete=True)
            return None if stopped else Reply(say("say.late"), private=True)
        return Reply(say("say.cancelled" if stopped else "say.late"), private=True)

    async def details(self, event: Press, say: Texts) -> Reply:
        """Seed, id and what was understood; for everyone who sees the picture."""
        record = await self.record(event.action.subject)
        return Reply(details(record, say), private=True)

    async def edit(self, event: Press, say: Texts) -> Reply:
        """Ask for the new wish."""
        record = await self.record(event.action.subject)
        limits.owner(event, record)
        drawing = record.drawing
        if drawing is None:
            raise RefusalError("gone")
        form = Form(
            question="edited",
            job_id=record.job_id,
            title=say("say.edit_title"),
            label=say("say.edit_label"),
            text=drawing.prompt,
            ask=say("say.edit_ask", wish=wish_of(record.request, say)),
            limit=MAX_WORDS,
        )
        return Reply(form=form)

    async def delete(self, event: Press) -> Reply:
        """Remove a result from the chat."""
        record = await self._queue.record(event.action.subject)
        if record is not None:
            limits.owner(event, record)
        elif not (event.person.moderator or event.place.private):
            # Whose it was is forgotten, so that only a moderator can tell.
            raise RefusalError("author")
        return Reply(delete=True)

    async def forget(self, event: Event, say: Texts) -> Reply:
        """Delete everything that is kept of a person, and say so."""
        count = await self._queue.forget(event.place.platform, event.person.user_id)
        await self._preferences.forget(event.author)
        return Reply(say("say.forgotten", count=count), private=True, replace=True)

    def ask_to_forget(self, say: Texts) -> Reply:
        """Sure?"""
        rows: Rows = (
            (
                Button(say("buttons.forget"), Action("forget"), "danger"),
                Button(say("buttons.keep"), Action("keep")),
            ),
        )
        return Reply(say("say.forget_ask"), rows=rows, private=True)

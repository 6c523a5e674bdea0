"""The methods `files.*`: an upload's beginning and its end. What is between is `slack_uploads`."""

from typing import Any

from bot.playground.slack_call import ApiError, Call, Method
from bot.playground.slack_files import File
from bot.playground.slack_rules import Json

_LONGEST_ALT_TEXT = 1_000
_LARGEST = 1_000_000_000


def get_upload_url(call: Call) -> Json:
    name = call.needed("filename")
    length = call.number("length", 0)
    if length <= 0:
        raise ApiError("missing_argument")
    if length > _LARGEST:
        raise ApiError("file_upload_size_restricted")
    alt_text = call.text("alt_txt") or ""
    if len(alt_text) > _LONGEST_ALT_TEXT:
        raise ApiError("alt_txt_too_large")
    file = call.world.files.announce(name, length, alt_text)
    return {"upload_url": f"{call.world.base_url}/upload/v1/{file.token}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    given = call.array("files")
    if not given:
        raise ApiError("invalid_arguments")
    # Sharing it at once would post a message that carries no metadata; this app never does.
    if call.text("channel_id") or call.text("channels"):
        raise ApiError("invalid_arguments")
    found = [(_uploaded(call, each), each) for each in given]
    for file, each in found:
        call.world.files.complete(file, str(each.get("title") or ""))
    return {"files": [call.world.files.payload(file, call.world.bot.id) for file, _ in found]}


def _uploaded(call: Call, given: Any) -> File:
    """The file that is meant, if its content has come and nobody has completed it yet."""
    file = call.world.files.known.get(str(given.get("id"))) if isinstance(given, dict) else None
    if file is None or file.content is None or file.completed_at is not None:
        raise ApiError("file_not_found")
    return file


_WRITE = ("files:write",)
FILES_METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, _WRITE, tier=4),
    "files.completeUploadExternal": Method(complete_upload, _WRITE, tier=4),
}

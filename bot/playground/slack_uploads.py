"""Upload URLs: where the content of a file goes, as raw bytes or as a form."""

from email import message_from_bytes

from starlette.requests import Request

from bot.playground.slack_endpoint import Answered, Endpoint

NAME = "upload"
"""Its name in the journal and for faults."""


class UploadUrls(Endpoint):
    """Answers requests to `/upload/v1/<token>`: 200 when the content is as long as announced."""

    def name(self, request: Request) -> str:
        return NAME

    def answer(self, request: Request, body: bytes) -> Answered:
        content = _content(request.headers.get("content-type", ""), body)
        file = self.world.files.expected(request.path_params["token"])
        args = {"bytes": len(content)}
        if request.method != "POST" or file is None:
            return Answered(404, {"ok": False, "error": "not_found"}, args)
        if len(content) != file.length:
            return Answered(400, {"ok": False, "error": "length_mismatch"}, args)
        file.content = content
        return Answered(200, {"ok": True}, args)


def _content(content_type: str, body: bytes) -> bytes:
    """The bytes of the file; of a form, those of its first part that has a file name."""
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    for part in form.walk():
        if part.get_filename():
            decoded = part.get_payload(decode=True)
            return decoded if isinstance(decoded, bytes) else b""
    return b""

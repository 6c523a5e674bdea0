"""The files that git tracks, as the rules of `tests.house` look at them."""

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class SourceFile:
    """One tracked file that is text.

    Attributes:
        path: from the repository's root, with slashes.
    """

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def comments(self) -> Iterator[tuple[int, str]]:
        """Line numbers and comments; what looks like one in a string is none."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line numbers and the top-level names of what is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    yield node.lineno, name.name.partition(".")[0]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.lineno, node.module.partition(".")[0]


def tracked_files(root: Path) -> list[SourceFile]:
    """The text files that git tracks under `root`; those deleted but not yet committed are gone.

    Raises:
        subprocess.CalledProcessError: `root` is no git repository.
    """
    # safe.directory: CI's checkout may belong to another user than the one who runs this.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=root,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode()
    files = []
    for path in filter(None, listed.split("\0")):
        content = (root / path).read_bytes() if (root / path).is_file() else b"\0"
        if b"\0" not in content:
            files.append(SourceFile(path, content.decode()))
    return files

"""A walk along the tokens of a rule, shared by the parser and by what it says when it is stuck."""

from reactivate.rules.tokens import Token, tokens


class Reader:
    """The tokens of `text`, the place reached, and how many brackets are open."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.open = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def last(self) -> Token:
        return self.tokens[max(self.at - 1, 0)]

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def sees(self, *words: str) -> bool:
        """Whether the next tokens are these signs or keywords."""
        ahead = self.tokens[self.at : self.at + len(words)]
        return len(ahead) == len(words) and all(
            token.kind in ("sign", "keyword") and token.text == word for token, word in zip(ahead, words, strict=True)
        )

    def accept(self, *words: str) -> bool:
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def said(self, start: int, end: int) -> str:
        """A piece of the rule, on one line."""
        return " ".join(self.text[start:end].split())

"""Answers to a question from 0 to 10, which the tables keep as the text that came, as numbers."""

import pyarrow as pa
import pyarrow.compute as pc


def as_marks(answers: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts as int64; null for what is no whole number from 0 to 10."""
    return pc.if_else(pc.match_substring_regex(answers, r"^(10|[0-9])$"), answers, None).cast(pa.int64())

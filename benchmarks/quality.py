"""Pairwise precision, recall and F1 of a clustering against the truth."""

import numpy as np


def pairs_within(label: np.ndarray) -> int:
    """Pairs of records that bear the same label."""
    sizes = np.bincount(np.unique(label, return_inverse=True)[1])
    return int((sizes * (sizes - 1) // 2).sum())


def quality(label: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """`label` and `truth`: one number per record."""
    _, person = np.unique(truth, return_inverse=True)
    _, group = np.unique(label, return_inverse=True)
    both = pairs_within(person.astype(np.int64) * (int(group.max(initial=0)) + 1) + group)
    precision, recall = both / max(pairs_within(group), 1), both / max(pairs_within(person), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}

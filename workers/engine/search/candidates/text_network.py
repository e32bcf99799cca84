"""The network of text_transformer: tokens, their neighbours, attention, and the table's other columns."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

HEADS = 4
MASKED = -1e4


class TextNetwork(nn.Module):
    """Token embeddings with a convolution over three neighbours, `n_blocks` of attention, mean and maximum over the text.

    Input: (rows, tokens) int64, 0 is padding; (rows, columns) float32. Output: (rows, outputs).
    """

    def __init__(self, tokens: int, columns: int, outputs: int, *, d_block: int, n_blocks: int, dropout: float, max_tokens: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, d_block, padding_idx=0)
        self.positions = nn.Parameter(torch.randn(max_tokens, d_block) * 0.02)
        self.neighbours = nn.Conv1d(d_block, d_block, 3, padding=1)
        layer = nn.TransformerEncoderLayer(
            d_block, HEADS, 2 * d_block, dropout, activation="gelu", batch_first=True, norm_first=True
        )  # fmt: skip
        self.blocks = nn.TransformerEncoder(layer, n_blocks, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(d_block)
        self.dropout = nn.Dropout(dropout)
        self.columns = nn.Sequential(nn.Linear(columns, d_block), nn.GELU()) if columns else None
        self.head = nn.Linear(d_block * (3 if columns else 2), outputs)
        nn.init.normal_(self.embedding.weight, 0, 0.1)
        with torch.no_grad():
            self.embedding.weight[0] = 0  # what follows a text must look the same however long the batch is

    def forward(self, ids: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        there = ids > 0
        x = self.embedding(ids)
        x = x + functional.gelu(self.neighbours(x.transpose(1, 2)).transpose(1, 2))
        x = self.dropout(x + self.positions[: ids.shape[1]])
        x = self.norm(self.blocks(x, src_key_padding_mask=~there))
        mask = there.unsqueeze(-1)
        mean = (x * mask).sum(1) / mask.sum(1)
        pooled = [mean, x.masked_fill(~mask, MASKED).max(1).values]
        if self.columns is not None:
            pooled.append(self.columns(columns))
        output: torch.Tensor = self.head(self.dropout(torch.cat(pooled, dim=1)))
        return output

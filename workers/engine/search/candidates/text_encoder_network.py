"""A pretrained encoder with a linear head over its mean output and the table's other columns. It travels in bundles."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class EncoderNetwork(nn.Module):
    """Input: (rows, tokens) ids and mask, (rows, columns) float32. Output: (rows, outputs).

    The head sees features less `center`, over `scale`: what was seen in training, so that one weight decay suits all.
    """

    def __init__(self, encoder: Any, columns: int, outputs: int) -> None:
        super().__init__()
        self.encoder = encoder
        width = int(encoder.config.hidden_size) + columns
        self.center: torch.Tensor
        self.scale: torch.Tensor
        self.register_buffer("center", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))
        self.head = nn.Linear(width, outputs)
        self.dropout = nn.Dropout(0.1)

    def pooled(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(rows, hidden size): the mean over a row's tokens."""
        output = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        there = mask.unsqueeze(-1).to(output.dtype)
        mean: torch.Tensor = (output * there).sum(1) / there.sum(1).clamp(min=1)
        return mean

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        """(rows, outputs) from what `pooled` and the other columns say, side by side."""
        output: torch.Tensor = self.head(self.dropout((features - self.center) / self.scale))
        return output

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        return self.scores(torch.cat([self.pooled(ids, mask).float(), columns], dim=1))

    def look(self, features: torch.Tensor) -> None:
        """Take center and scale from training rows."""
        self.center.copy_(features.mean(0))
        self.scale.copy_(features.std(0, correction=0).clamp(min=1e-3))

    def layers(self) -> list[Any]:
        """The encoder's blocks, the one next to the input first."""
        lists = [list(module) for module in self.encoder.modules() if isinstance(module, nn.ModuleList)]
        return max(lists, key=len, default=[])

    def unfreeze(self, count: int) -> list[Any]:
        """Let the topmost `count` blocks learn, or all of the encoder when it has no more; returns their parameters."""
        layers = self.layers()
        chosen = list(self.encoder.parameters()) if count >= len(layers) else [p for layer in layers[-count:] for p in layer.parameters()]
        for parameter in self.encoder.parameters():
            parameter.requires_grad_(False)
        for parameter in chosen:
            parameter.requires_grad_(True)
        return chosen

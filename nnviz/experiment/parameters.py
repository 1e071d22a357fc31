"""Bounds and explanations of the numbers of the training section, as the experiment's schema has them."""

from __future__ import annotations

from nnviz.core.choices import Parameter

LEARNING_RATE = Parameter(
    name="learning_rate",
    label="Learning rate",
    help="How far each step goes along the gradient: too small takes forever, too large jumps about or explodes.",
    default=0.01,
    minimum=1e-9,
    maximum=1000.0,
    logarithmic=True,
)
BATCH_SIZE = Parameter(
    name="batch_size",
    label="Batch size",
    help="How many rows are averaged for one step: few make noisy, frequent steps, all rows one smooth step an epoch.",
    default=10,
    minimum=1,
    maximum=1_000_000,
    integer=True,
    logarithmic=True,
)
L1 = Parameter(
    name="l1",
    label="L1 penalty",
    help="Pulls every weight towards zero by the same amount, so that many become exactly useless; biases are spared.",
    default=0.0,
    minimum=0.0,
    maximum=10.0,
    logarithmic=True,
)
L2 = Parameter(
    name="l2",
    label="L2 penalty",
    help="Pulls every weight towards zero in proportion to its size: smoother boundaries; biases are spared.",
    default=0.0,
    minimum=0.0,
    maximum=10.0,
    logarithmic=True,
)
DROPOUT = Parameter(
    name="dropout",
    label="Dropout",
    help="Share of the hidden units that is switched off at random in every step, so that none relies on another.",
    default=0.0,
    minimum=0.0,
    maximum=0.99,
)
CLIP_NORM = Parameter(
    name="clip_norm",
    label="Gradient clipping",
    help="Scales gradients down to this length where they are longer, so that a steep place does not throw you out.",
    default=1.0,
    minimum=1e-9,
    maximum=1e9,
    logarithmic=True,
)
EPOCHS = Parameter(
    name="epochs",
    label="Epochs",
    help="Stop once all training rows have been gone through so many times.",
    default=300,
    minimum=1,
    maximum=10_000_000,
    integer=True,
    logarithmic=True,
)
TARGET_LOSS = Parameter(
    name="target_loss",
    label="Target loss",
    help="Stop once the training loss is at or below this.",
    default=0.01,
    minimum=0.0,
    maximum=1e12,
    logarithmic=True,
)
PATIENCE = Parameter(
    name="patience",
    label="Patience",
    help="Stop after so many epochs without a new lowest test loss: from there on it only learns the rows by heart.",
    default=20,
    minimum=1,
    maximum=10_000_000,
    integer=True,
    logarithmic=True,
)
TEST_SHARE = Parameter(
    name="test_share",
    label="Test share",
    help="Share of the rows that are kept back: the network never learns from them, so they show what it really knows.",
    default=30,
    minimum=10,
    maximum=90,
    integer=True,
    unit="%",
)

"""The numbers that a user sets for a network and its training: bounds, usual values and explanations, stated once.

The experiment's schema, `Settings` and `Network`, the fields and the sliders of the window all read them here. The
numbers of an optimiser, a schedule or a data set stand in the entry of its table.
"""

from __future__ import annotations

import sys

from nnviz.core.choices import Parameter

LARGEST = sys.float_info.max
"""Bound of numbers that need none but that they are finite."""
LARGEST_COORDINATE = 1e31
"""Bound of what a map shows, a little beyond the largest value of data: what draws it works out sums and squares."""
SMALLEST_WIDTH = 1e-36
"""Of what a map shows: so many places lie beside it, in pixels, as can be counted."""
MOST = 2**63 - 1
"""Bound of counts and seeds that need none: the engines hold them in 64 bits."""
MOST_PARAMETERS = 20_000_000
"""Weights and biases of the largest network that is trained, four times what the window can build. An optimiser's
memory and the snapshots take a dozen such vectors (2 GB); beyond that the system ends the process without a word."""

LEARNING_RATE = Parameter(
    name="learning_rate",
    label="Learning rate",
    help="How far each step goes along the gradient: too small takes forever, too large jumps about or explodes.",
    default=0.01,
    minimum=0.0,
    maximum=1e6,
    logarithmic=True,
    slider=(1e-5, 10.0),
)
CLASS_WEIGHT = Parameter(
    name="class_weight",
    label="Class weight",
    help="How much every row of this class counts in the loss: twice the weight is as good as twice the rows.",
    default=1.0,
    minimum=1e-6,
    maximum=1e6,
    logarithmic=True,
    slider=(0.01, 100.0),
)
"""Of each class; the largest one also bounds the weights of rows."""
BATCH_SIZE = Parameter(
    name="batch_size",
    label="Batch size",
    help="How many rows are averaged for one step: few make noisy, frequent steps, all rows one smooth step an epoch.",
    default=10,
    minimum=1,
    maximum=MOST,
    integer=True,
    logarithmic=True,
    slider=(1, 1_000_000),
)
L1 = Parameter(
    name="l1",
    label="L1 penalty",
    help="Pulls every weight towards zero by the same amount, so that many become exactly useless; biases are spared.",
    default=0.0,
    minimum=0.0,
    maximum=1e6,
    logarithmic=True,
    slider=(1e-6, 1.0),
)
L2 = Parameter(
    name="l2",
    label="L2 penalty",
    help="Pulls every weight towards zero in proportion to its size: smoother boundaries; biases are spared.",
    default=0.0,
    minimum=0.0,
    maximum=1e6,
    logarithmic=True,
    slider=(1e-6, 1.0),
)
DROPOUT = Parameter(
    name="dropout",
    label="Dropout",
    help="Share of the hidden units that is switched off at random in every step, so that none relies on another.",
    default=0.0,
    minimum=0.0,
    maximum=1.0,
    below_maximum=True,
    slider=(0.0, 0.9),
)
CLIP_NORM = Parameter(
    name="clip_norm",
    label="Gradient clipping",
    help="Scales gradients down to this length where they are longer, so that a steep place does not throw you out.",
    default=1.0,
    minimum=0.0,
    maximum=LARGEST,
    above_minimum=True,
    logarithmic=True,
    slider=(1e-3, 1e3),
)
TARGET_LOSS = Parameter(
    name="target_loss",
    label="Target loss",
    help="Stop once the training loss is at or below this.",
    default=0.01,
    minimum=-LARGEST,
    maximum=LARGEST,
    logarithmic=True,
    slider=(1e-6, 10.0),
)
PATIENCE = Parameter(
    name="patience",
    label="Patience",
    help=(
        "Stop after so many epochs without a new lowest loss of the validation rows (of the test rows where there are "
        "none): from there on it only learns the rows by heart."
    ),
    default=20,
    minimum=1,
    maximum=MOST,
    integer=True,
    logarithmic=True,
    slider=(1, 1000),
)
SEED = Parameter(
    name="seed",
    label="Seed",
    help="Number that random draws start from: the same seed gives the same draws again.",
    default=0,
    minimum=0,
    maximum=MOST,
    integer=True,
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
    slider=(10, 100_000),
)
INIT_SCALE = Parameter(
    name="init_scale",
    label="Scale",
    help="Multiplies what the initialiser draws; for “Normal” it is the standard deviation, for “Constant” the value.",
    default=1.0,
    minimum=-LARGEST,
    maximum=LARGEST,
    logarithmic=True,
    slider=(0.01, 10.0),
)
UNITS = Parameter(
    name="units",
    label="Units",
    help="How many units the layer has: each weighs all values of the layer before it and bends the sum.",
    default=8,
    minimum=1,
    maximum=512,
    integer=True,
)
"""Of a hidden layer in an experiment; a `Network` of the user's own may be wider."""
HIDDEN_LAYERS = Parameter(
    name="hidden_layers",
    label="Hidden layers",
    help="How many layers stand between inputs and output; none makes it logistic or linear regression.",
    default=2,
    minimum=0,
    maximum=200,
    integer=True,
    slider=(0, 20),
)
"""Of an experiment; few networks need more than the slider goes to, but any number up to the maximum may be typed."""
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
"""Where there are test rows at all; 0 means none."""
VALIDATION_SHARE = Parameter(
    name="validation_share",
    label="Validation share",
    help=(
        "Share of the rows by which you choose settings and when to stop, so that the test rows stay out of it and "
        "remain an honest figure."
    ),
    default=20,
    minimum=1,
    maximum=40,
    integer=True,
    unit="%",
)
"""Where there are validation rows at all; 0, as usual, means none."""

RUN_SETTINGS = {
    bound.name: bound for bound in (LEARNING_RATE, BATCH_SIZE, L1, L2, DROPOUT, CLIP_NORM, TARGET_LOSS, PATIENCE, SEED)
}
"""The numbers of `nnviz.core.settings.Settings` that belong to no optimiser and no schedule, by name."""
MAY_BE_NONE = ("batch_size", "clip_norm", "target_loss", "patience")
"""Those that None switches off; a batch of None holds all training rows."""

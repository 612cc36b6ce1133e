"""Draw the pictures of the README files, in every language: ``python images/make_images.py``."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

from coursekit import data, language, models, plots, training

HERE = Path(__file__).parent
TREATMENTS = {"untreated": {}, "cured": {"dropout_rate": 0.5, "input_dropout_rate": 0.2, "l2": 0.001}}


def train(treatment: dict) -> tuple[training.History, float]:
    """Train lesson 00's network and return its history and its accuracy on clean test labels."""
    digits = data.digits(label_noise=0.4, seed=0)
    model = models.classifier(64, 10, units=(256, 256), seed=0, **treatment)
    history = training.fit(
        model, *digits.train, validation_data=digits.validation, epochs=120, progress=False
    )
    return history, training.evaluate(model, *digits.test)["accuracy"]


def draw_result(results: dict[str, tuple[training.History, float]]) -> plt.Figure:
    """Draw the accuracy curves of the untreated and the cured network side by side."""
    fig, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", sharey=True)
    for ax, (name, (history, accuracy)) in zip(axes, results.items(), strict=True):
        plots.plot_accuracy_curves(history, ax=ax)
        ax.set_title(language.text(f"picture_{name}", accuracy=accuracy), fontsize=12)
    return fig


def main() -> None:
    """Draw every picture in every language."""
    results = {name: train(treatment) for name, treatment in TREATMENTS.items()}
    for code in language.languages():
        language.set_language(code)
        fig = draw_result(results)
        fig.savefig(HERE / f"result.{code}.png", dpi=110, metadata={"Software": None})
        plt.close(fig)


if __name__ == "__main__":
    main()

"""What a finished fine-tuning run is worth on its validation rows."""

from pathlib import Path

from concord.scoring.task_predictor import TaskPredictor
from concord.workflows.comparing.results import MethodRun, TaskFigure, save_run
from concord.workflows.evaluate_tasks import TaskEvaluationOptions, TaskSources, evaluate_tasks
from concord.workflows.run_summary import load_summary
from concord.workflows.training_process import MODEL


def measure_run(run: Path, sources: TaskSources, *, seed: int) -> MethodRun:
    """Return each task's first metric with its interval; kept in the run's folder.

    Args:
        run: The folder of a finished run.
        sources: Its tasks, which name the validation rows.
        seed: What the run is noted to have been trained with.
    """
    summary = load_summary(run)
    assert summary is not None  # noqa: S101  # the run is finished
    model = run / MODEL
    predictor = TaskPredictor.from_pretrained(model)
    results = evaluate_tasks(
        predictor,
        sources.tasks,
        TaskEvaluationOptions(data_dir=sources.data_dir, first_metric=True),
    )
    figures = {}
    for result in results:
        metric = sources.tasks[result.name].metrics[0]
        figures[result.name] = TaskFigure(metric, result.figures[metric])
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    measured = MethodRun(seed=seed, figures=figures, summary=summary, saved_mb=size / 1e6)
    save_run(measured, run)
    return measured

"""The parts of `concord finetune`: its config, what a run is made of, and its model's folder."""

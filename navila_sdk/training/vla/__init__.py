"""Fine-tuning NaVILA's model: annotations in, a checkpoint in upstream's layout out."""

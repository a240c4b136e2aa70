"""The kernel: what every stage stands on. It knows no stage."""

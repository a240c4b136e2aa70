"""What quotes are judged by: a tree of criteria with weights, questions, scales and pass marks."""

"""Many drafts checked together and issued one after the other, by the worker, with progress to look at."""

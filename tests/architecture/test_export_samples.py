"""The samples and the columns in the documents are those of the code."""

from tests.architecture.export_samples import FOLDER, files


def test_the_samples_of_layouts_and_the_page_of_columns_are_current() -> None:
    """If this fails, run `python -m tests.architecture.export_samples` and look at what changed."""
    kept = {file.name: file.read_bytes() for file in FOLDER.iterdir()}
    assert kept == dict(files())

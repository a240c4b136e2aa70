"""Personal data: why it is there, what is deleted when, what the law keeps, what is held about somebody."""

"""What students are given: the exercises, and the course without solutions."""

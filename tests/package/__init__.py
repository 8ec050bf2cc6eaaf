"""What is published: sdist and wheel, installed by each of three tools, with licences and a bill of materials."""

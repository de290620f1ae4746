"""What many incidents tell together: how long things took, which promises were kept, how decisions turned out."""

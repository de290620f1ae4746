"""What a forge knows about a hotfix: GitHub, GitLab, Gitea and Forgejo are asked by their APIs, and their hooks are
hints. Plain values in and out: no row, no check. Whatever a forge says is data, bounded before it is kept.
"""

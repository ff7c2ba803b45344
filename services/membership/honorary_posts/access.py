"""Who may do what with honorary posts (M10)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": ["membership.honorary_post.confer"],
}

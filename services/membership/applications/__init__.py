"""Applications for membership 入会申请: received, reviewed, decided by a body (M1)."""

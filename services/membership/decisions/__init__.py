"""What the bodies decide about members and their dues, as governance tells it (M1, M3, X7)."""

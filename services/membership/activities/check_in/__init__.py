"""Check-in 签到: passes 入场凭证 with a QR code, and who came (M9)."""

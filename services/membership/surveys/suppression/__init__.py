"""Small cells 小单元格: what is not shown, so that nothing about fewer than five can be worked out (M8)."""

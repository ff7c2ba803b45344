"""Results 调查结果: counted from the responses, with the satisfaction index 满意度指数 (M8)."""

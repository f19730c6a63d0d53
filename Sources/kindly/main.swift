print("kindly")

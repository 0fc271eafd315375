x = 1
name = "José"

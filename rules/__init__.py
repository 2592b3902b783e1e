"""The law as data: fact types, dated rules, words in Korean and English, and the advice they lead to."""

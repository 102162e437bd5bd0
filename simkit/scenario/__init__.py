"""What a file may say: records, loading with places of mistakes, text in two languages."""

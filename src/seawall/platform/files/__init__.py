"""Files that people send, as rows: CSV in any usual encoding and XLSX as a person sees it."""

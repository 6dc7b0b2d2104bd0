"""Sending parts of files to browsers, whatever they are files of."""

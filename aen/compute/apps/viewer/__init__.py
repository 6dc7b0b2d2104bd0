"""The Viewer: a project's files to look at, for everybody who may read them."""

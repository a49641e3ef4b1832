"""The pages in `web/dist`, served by the application itself."""

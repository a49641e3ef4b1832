"""The national envelope (医保信息平台 infno messages) over the same services: translation only."""

"""Face matching and liveness: image bytes in, frozen results out.

Knows nothing of the web, the database or the settings. Modules fall into two groups: those a
serving process may import (errors, results, policy, models, images, matching, engine, liveness)
and those only face workers import, because they load OpenCV or dlib (decoding, detection, mesh,
embedding, quality, measuring, engine.worker).
"""

"""Several agencies on one matter: papers on the way, opinions, linked procedures, their line of time."""

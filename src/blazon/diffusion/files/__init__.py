"""Files of models as they lie on a disk: folders of pipelines, single files, headers of weights."""

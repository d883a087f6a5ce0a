from setuptools import find_packages, setup

# the migrations stand at the top level, where people look for them, and are a package where they are installed
setup(
    packages=[
        *find_packages(include=["docassemble_lite*"]),
        "docassemble_lite.migrations",
        "docassemble_lite.migrations.versions",
    ],
    package_dir={"docassemble_lite.migrations": "migrations"},
)

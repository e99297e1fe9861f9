# Everything that must hold on main.
check *parts:
    bash .ci/run {{parts}}

# All tests.
test:
    cargo test --workspace

# Write the generated tables of the docs and the README anew.
docs-update:
    UPDATE_DOCS=1 cargo test -q -p cloudinary-provisioning-tests --test documents

# Take a wanted change of the public API over into its snapshot.
api-update:
    bash .ci/public-api/check --update

# Everything that must hold on main.
check *parts:
    bash .ci/run {{parts}}

# All tests.
test:
    cargo test --workspace

# Rewrite the generated tables of the docs.
docs-update:
    UPDATE_DOCS=1 cargo test -q -p cloudinary-provisioning-tests --test documents

# Take over a wanted change of the public API into its snapshot.
api-update:
    bash .ci/public-api/check --update

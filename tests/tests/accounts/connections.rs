//! One connection for each worker, and no more.

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewUser};
use cloudinary_provisioning_ureq::{Account, Client, users};

#[test]
fn each_worker_has_one_connection_which_later_calls_use_again() {
    let john = NewUser::new("John", "john@example.com").id("u1");
    let others = (0..500).map(|number| NewUser::new("Jane", format!("jane.{number}@example.com")));
    for workers in [1_u32, 8, 32] {
        let fake = FakeAccount::new("acc", "KEY", "SECRET").with_user(john.clone()).with_users(others.clone());
        let server = FakeServer::start(fake).unwrap();
        let account = Account::from_url(&server.account_url()).unwrap();
        let client = Client::builder(account).proxy(None).build().unwrap();
        let workers_count = usize::try_from(workers).unwrap();
        for _ in 0..2 {
            let get_groups = std::iter::repeat_n(users::GetGroups::new("u1"), 300);
            assert!(client.send_all(get_groups).workers(workers_count).all(|(_, groups)| groups.is_ok()));
        }
        let items = client.items(users::List::new().page_size(20)).workers(workers_count);
        assert_eq!(items.map(Result::unwrap).count(), 501);
        assert!(server.connections() <= u64::from(workers), "{workers} workers: {} connections", server.connections());
    }
}
